import type { Fairness, Level } from './fairness.ts';

const headings = {
  dump_priority_levels:
    'PriorityLevelName ActiveQueues IsIdle IsQuiescing WaitingRequests ExecutingRequests DispatchedRequests RejectedRequests TimedoutRequests CancelledRequests',
  dump_queues:
    'PriorityLevelName Index PendingRequests ExecutingRequests SeatsInUse NextDispatchR InitialSeatsSum MaxSeatsSum TotalWorkSum',
  dump_requests:
    'PriorityLevelName FlowSchemaName QueueIndex RequestIndexInQueue FlowDistingsher ArriveTime InitialSeats FinalSeats AdditionalLatency StartTime',
} as const;
const details = 'UserName Verb APIPath Namespace Name APIVersion Resource SubResource';

/** The name of a table under `/debug/api_priority_and_fairness/`. */
export type Dump = keyof typeof headings;

export const isDump = (name: string): name is Dump => Object.hasOwn(headings, name);

type Row = readonly (string | number | boolean)[];

/** One of the tables of what goes on in `fairness`. */
export function dump(fairness: Fairness, name: Dump, withDetails: boolean): string {
  const levels = [...fairness.levels.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const head = headings[name].split(' ');
  if (name === 'dump_priority_levels') return table([head, ...levels.map(levelRow)]);
  if (name === 'dump_queues') return table([head, ...levels.flatMap(queueRows)]);
  const wanted = withDetails ? [...head, ...details.split(' ')] : head;
  return table([wanted, ...levels.flatMap((level) => requestRows(level, withDetails))]);
}

function levelRow({ name, queues, working, quiescing, counts }: Level): Row {
  const active = queues.queues.filter(({ waiting }) => waiting.length > 0).length;
  const isIdle = queues.waiting + working.size === 0;
  const { dispatched, rejected, timedOut, cancelled } = counts;
  const now = [name, active, isIdle, quiescing, queues.waiting, working.size];
  return [...now, dispatched, rejected, timedOut, cancelled];
}

const seconds = (value: number): string => `${value.toFixed(8)}ss`;

const queueRows = ({ name, queues }: Level): readonly Row[] =>
  queues.queues.map(({ waiting, executing, seatsInUse, seatsWaiting, nextR }, index) => [
    ...[name, index, waiting.length, executing, seatsInUse, seconds(nextR)],
    ...[seatsWaiting, seatsWaiting, seconds(seatsWaiting * 0.003)],
  ]);

function requestRows({ name, queues, working }: Level, withDetails: boolean): readonly Row[] {
  const waiting = queues.queues.flatMap((queue, at) =>
    queue.waiting.map(({ ticket }, index): Row => [
      ...[name, ticket.schema, at, index, ticket.flow, time(ticket.arrivedMs), ticket.seats],
      ...[0, '0s', '0001-01-01T00:00:00Z', ...(withDetails ? Array(8).fill('') : [])],
    ]),
  );
  const executing = [...working].map(([ticket, { request, startedMs }]): Row => {
    const { info, user } = request;
    const version = info.group ? `${info.group}/${info.version}` : info.version;
    const more = [user!.name, info.verb, info.path, info.namespace, info.name, version];
    return [
      ...[name, ticket.schema, -1, -1, ticket.flow, time(ticket.arrivedMs), ticket.seats, 0, '0s'],
      ...[time(startedMs), ...(withDetails ? [...more, info.resource, info.subresource] : [])],
    ];
  });
  return [...waiting, ...executing];
}

const time = (ms: number): string => new Date(ms).toISOString();

/** Columns as wide as their widest cell, a comma behind each but the last. */
function table(rows: readonly Row[]): string {
  const cells = rows.map((row) =>
    row.map((cell, at) => `${cell}${at < row.length - 1 ? ',' : ''}`),
  );
  const widths = cells[0]!.map((_, at) => Math.max(7, ...cells.map((row) => row[at]!.length)) + 1);
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at]!) : cell)).join('');
  return cells.map((row) => `${line(row)}\n`).join('');
}
