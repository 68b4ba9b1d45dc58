import { zoneFailure } from '/work/main/bench/support/zone-failure.ts';
import { tableText } from '/work/main/bench/support/table.ts';
process.stdout.write(tableText(await zoneFailure(Number(process.argv[2]), Number(process.argv[3]))) + '\n');
process.exit(0);
