/** Door of incidents: reading, and closing, what nobody below could deal with. */
export {
  type IncidentCloseOptions,
  type IncidentFilter,
  type IncidentReport,
  type Incidents,
  incidentsOf,
  reportOf as incidentReport,
} from './incidents.ts';
