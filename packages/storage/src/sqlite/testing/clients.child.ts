/**
 * A process made to be killed: `clients.child.ts FILE SEED`. Runs concurrent clients and prints each of their steps as JSON
 * before anything else happens.
 */
import { seededRandom, systemWorld } from '@coxswain/base';
import { runClients } from '../../testing/clients.ts';
import { openSqliteStorage } from '../index.ts';
import { say } from './say.ts';

const [file, seed] = process.argv.slice(2);
await using store = await openSqliteStorage(systemWorld(), { path: file! });
const record = (step: object): void => say(JSON.stringify(step));
const random = seededRandom(Number(seed));
await runClients(store, { clients: 8, each: 1e9, random, record, name: `s${seed}` });
