import type { Request } from '../chain/station.ts';

/** Objects that a list goes through on one seat. */
const objectsPerSeat = 100;
/** Watchers that are told of a change on one seat, and for how long each such seat is taken. */
const watchersPerSeat = 10;
const tellingMs = 5;
const seatsMax = 10;

/** What a request takes: seats while it is worked on, and more behind it while its change is handed to watchers. */
export interface Width {
  readonly seats: number;
  readonly finalSeats: number;
  readonly finalMs: number;
}

/** What is known of a resource when a request is measured. */
export interface Crowd {
  readonly objects: number;
  readonly watchers: number;
}

const one: Width = { seats: 1, finalSeats: 0, finalMs: 0 };
const changes = new Set(['create', 'update', 'patch', 'delete']);

/** The most seats of one request on a level: so wide that one flow's hand of them does not fill it. */
export const widest = (nominal: number, handSize: number | undefined): number =>
  handSize === undefined
    ? seatsMax
    : Math.min(
        seatsMax,
        Math.max(1, Math.min(Math.ceil(nominal * 0.15), Math.floor(nominal / handSize))),
      );

/** Measures a request before it is worked on; most take one seat. */
export function widthOf(
  { info, query }: Request,
  crowd: () => Crowd | undefined,
  most: number,
): Width {
  const { verb, name, resource, subresource } = info;
  if (verb === 'list' || (verb === 'watch' && beginsWithState(query))) {
    const objects = crowd()?.objects ?? 0;
    const limit = Number(query.get('limit') ?? 0);
    const seen =
      name !== '' ? 1 : verb === 'list' && limit > 0 ? Math.min(objects, limit) : objects;
    const seats = Math.ceil(seen / objectsPerSeat);
    return seats <= 1 ? one : { ...one, seats: Math.min(seats, most) };
  }
  if (!changes.has(verb) || (resource === 'serviceaccounts' && subresource === 'token')) return one;
  const watchers = crowd()?.watchers ?? 0;
  if (watchers < watchersPerSeat) return one;
  const wanted = Math.ceil(watchers / watchersPerSeat);
  const finalSeats = Math.min(wanted, most);
  return { seats: 1, finalSeats, finalMs: (wanted * tellingMs) / finalSeats };
}

function beginsWithState(query: URLSearchParams): boolean {
  const version = query.get('resourceVersion');
  return query.get('sendInitialEvents') === 'true' || version === null || /^0?$/.test(version);
}
