/**
 * Rules about machine files: a chart has an id and a version, and what it does has a name.
 */
import ts from 'typescript';
import {
  at,
  eachFile,
  type Finding,
  isCode,
  nodesBelow,
  nodesOf,
  type Rule,
  type Source,
} from '../source.ts';

/** Functions that may stand in a chart: they turn an event or the context into plain data. */
const MAPPINGS = new Set(['params', 'input', 'context', 'output']);

const isMachineFile = (path: string): boolean => isCode(path) && path.startsWith('machines/');

/** The rules of this file. */
export const chartRules: readonly Rule[] = [
  {
    name: 'chart-version',
    number: '3.4',
    title: 'a chart has an id and a version',
    remedy: 'Add both as plain texts; raise the version when old snapshots mean something new.',
    check: eachFile(isMachineFile, (source) =>
      chartsOf(source, /\bcreateMachine$/)
        .filter((chart) => !['id', 'version'].every((name) => propertyOf(chart, name)))
        .map((chart) => at(source, chart, 'is a chart without id or version')),
    ),
  },
  {
    name: 'chart-functions',
    number: '3.2',
    title: 'guards, actions and delays of a chart are named',
    remedy: 'Declare it in setup and pass data as `params`.',
    check: eachFile(isMachineFile, inlineFunctions),
  },
];

/** Charts, and the parts of charts that stand in files of their own. */
const CHARTS = /\bcreate(Machine|StateConfig)$/;

function chartsOf(source: Source, made = CHARTS): readonly ts.ObjectLiteralExpression[] {
  const charts: ts.ObjectLiteralExpression[] = [];
  for (const node of nodesOf(source)) {
    if (!ts.isCallExpression(node) || !made.test(node.expression.getText())) continue;
    const [chart] = node.arguments;
    if (chart && ts.isObjectLiteralExpression(chart)) charts.push(chart);
  }
  return charts;
}

function propertyOf(chart: ts.ObjectLiteralExpression, name: string): boolean {
  return chart.properties.some((property) => property.name?.getText() === name);
}

function* inlineFunctions(source: Source): Generator<Finding> {
  for (const chart of chartsOf(source))
    for (const node of nodesBelow(chart))
      if (ts.isFunctionLike(node) && !isMapping(node))
        yield at(source, node, 'is an inline function');
}

function isMapping(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isPropertyAssignment(parent) && MAPPINGS.has(parent.name.getText());
}
