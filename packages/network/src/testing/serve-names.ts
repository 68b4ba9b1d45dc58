/** Serves the names of a little shop on 127.0.0.1:53 of its namespace: run by resolver.test.ts. */
import { seededRandom, silentLog, systemClock } from '@coxswain/base';
import { Names } from '../dns/names.ts';
import { DnsServer } from '../dns/server.ts';
import { serviceRecords } from '../dns/service-records.ts';

const domain = 'cluster.local';
const names = new Names(domain);
const add = (name: string, spec: Parameters<typeof serviceRecords>[0]['spec']): void =>
  names.set(
    `shop/${name}`,
    serviceRecords({ metadata: { name, namespace: 'shop' }, spec }, [], domain),
  );
add('web', { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80 }] });
add('alias', { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' });
await DnsServer.open({
  ...{ address: '127.0.0.1', port: 53, domain, names, forwarders: [] },
  ...{ clock: systemClock, random: seededRandom(1), log: silentLog },
});
console.log('up');
