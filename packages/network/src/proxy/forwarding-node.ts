import type { RunInNode } from '../run-in-node.ts';
import { type Forwarded, nothingForwarded, staleUdp } from './conntrack.ts';
import { frame } from './frame.ts';
import type { Pieces } from './pieces.ts';
import { Rules } from './rules.ts';
import { hostPortPieces, servicePieces } from './service-pieces.ts';

/** The one nftables table of a node's proxy. */
export const proxyTable = 'coxswain-proxy';

/** A node's table as it was loaded last. */
export class ForwardingNode {
  readonly #runInNode: RunInNode;
  readonly #podRange: string;
  readonly #rules = new Rules(proxyTable);
  readonly #forwarded = new Map<string, Forwarded>();
  /** Flows to forget, until it is done. */
  #stale: string[][] = [];
  #isLoaded = false;
  #isStarted = false;

  constructor(runInNode: RunInNode, podRange: string) {
    this.#runInNode = runInNode;
    this.#podRange = podRange;
  }

  /** Makes these owners forward that; costs what changed. After a failure the next call loads everything afresh. */
  async forward(owners: ReadonlyMap<string, Forwarded>): Promise<void> {
    const pieces = new Map<string, Pieces | undefined>();
    for (const [owner, now] of owners) {
      const before = this.#forwarded.get(owner) ?? nothingForwarded;
      if (this.#isStarted) this.#stale.push(...staleUdp(before, now));
      const isNothing = now.services.length + now.hostPorts.length === 0;
      if (isNothing) this.#forwarded.delete(owner);
      else this.#forwarded.set(owner, now);
      pieces.set(owner, isNothing ? undefined : this.#piecesOf(now));
    }
    const commands = this.#rules.change(pieces);
    if (!this.#isLoaded) await this.#load(frame(proxyTable) + this.#rules.whole());
    else if (commands !== '') await this.#load(commands);
    const stale = this.#isStarted ? this.#stale : [everyTranslatedUdp];
    this.#isStarted = true;
    this.#stale = [];
    for (const args of stale) await this.#runInNode('conntrack', args).catch(nothingToDelete);
  }

  #piecesOf({ services, hostPorts }: Forwarded): Pieces {
    return services.length > 0
      ? servicePieces(services, this.#podRange)
      : hostPortPieces(hostPorts);
  }

  async #load(commands: string): Promise<void> {
    this.#isLoaded = false; // until it is known to be
    await this.#runInNode('nft', ['-f', '-'], commands);
    this.#isLoaded = true;
  }
}

/** What changed before the start nobody knows: all flows that were sent on are forgotten, in one go. */
const everyTranslatedUdp = ['-D', '-p', 'udp', '--dst-nat'];

/** conntrack ends with 1 when no flow matched. */
const nothingToDelete = (): string => '';
