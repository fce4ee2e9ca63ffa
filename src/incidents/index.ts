/** Door of incidents: reading what nobody below could deal with. */
export {
  type IncidentFilter,
  type IncidentReport,
  type Incidents,
  incidentsOf,
} from './incidents.ts';
