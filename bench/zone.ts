/**
 * Zones that fail in virtual time, in this process, held against upstream's rules: `node bench/zone.ts [nodes]`, a pod on each.
 * Without a figure: 5,000 nodes, which takes twelve minutes.
 */
import { tableText } from './support/table.ts';
import { zoneFailure } from './support/zone-failure.ts';

const nodes = Number(process.argv[2] ?? 5_000);
const rows = [];
for await (const row of zoneFailure(nodes, nodes)) {
  process.stderr.write(`${row.measure}: ${row.ours}, ${row.comparedTo}\n`);
  rows.push(row);
}
process.stdout.write(tableText(rows));
