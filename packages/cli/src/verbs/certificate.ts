import { CertificateSigningRequests, formatTime, hasReason } from '@coxswain/api';
import type { CertificateSigningRequest } from '@coxswain/api/types/certificates-v1';
import { pathOf } from '@coxswain/client';
import { type Command, command, entryOf, type Words } from '../command/command.ts';
import { bool } from '../command/flags.ts';
import { fileFlags } from '../command/shared-flags.ts';
import { namesFiles } from '../objects/files.ts';
import { eachObject, find } from '../objects/find.ts';
import type { Info } from '../objects/info.ts';
import { typed } from '../objects/typed.ts';
import { printFlags, resultPrinter } from '../printers/formats.ts';
import { accepts, typedBody } from '../session/media.ts';
import type { Session } from '../session/session.ts';

/** What can be said to a request, and the word that must not have been said before. */
interface Verdict {
  readonly name: 'approve' | 'deny';
  readonly condition: 'Approved' | 'Denied';
  readonly opposite: 'Approved' | 'Denied';
  readonly operation: string;
  readonly reason: string;
  readonly summary: string;
}

const verdicts: readonly Verdict[] = [
  {
    ...{ name: 'approve', condition: 'Approved', opposite: 'Denied', operation: 'approved' },
    reason: 'KubectlApprove',
    summary: 'Let a certificate be signed',
  },
  {
    ...{ name: 'deny', condition: 'Denied', opposite: 'Approved', operation: 'denied' },
    reason: 'KubectlDeny',
    summary: 'Refuse to have a certificate signed',
  },
];

const flags = {
  ...printFlags,
  ...fileFlags('that names the requests'),
  force: bool(false, 'Write the word again where it was said before'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  if (args.length === 0 && !namesFiles(given))
    throw new Error('one or more CSRs must be specified as <name> or -f <filename>');
  return { ...given, args };
}

const commands: readonly Command[] = verdicts.map((verdict) =>
  command({
    name: verdict.name,
    usage: `${verdict.name} (-f FILENAME | NAME)`,
    summary: verdict.summary,
    examples: `  certificate ${verdict.name} csr-8x2lq`,
    ...{ flags, complete },
    run: (options, session) => run(verdict, options, session),
  }),
);

/** `kubectl certificate`. */
export const certificate: Command = {
  name: 'certificate',
  usage: 'certificate SUBCOMMAND',
  summary: 'Approve or deny requests for certificates',
  flags: {},
  alone: { stream: 'out', code: 0 },
  commands: commands.map(entryOf),
};

async function run(verdict: Verdict, options: Options, session: Session): Promise<void> {
  const print = resultPrinter(options, verdict.operation);
  const found = await find(session, {
    args: options.args.map((name) =>
      name.includes('/') ? name : `${CertificateSigningRequests.resource}/${name}`,
    ),
    files: options,
    ...{ fetch: 'latest', isClusterWide: true },
  });
  const count = await eachObject(found, async (info) => {
    await judged(verdict, session, info, options.force);
    session.io.out(print(info.object!));
  });
  if (count === 0) session.io.out('No resources found\n');
}

/** Times that a word is written again after somebody else was first. */
const retriesMax = 10;

async function judged(
  verdict: Verdict,
  session: Session,
  { resource: { group, kind }, name }: Info,
  isForced: boolean,
): Promise<void> {
  if (kind !== CertificateSigningRequests.kind || group !== CertificateSigningRequests.group)
    throw new Error(
      `can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${group ? `${kind}.${group}` : kind}`,
    );
  for (let tries = 0; ; tries++) {
    const path = pathOf(CertificateSigningRequests, { name });
    const request = await session
      .rest()
      .json<CertificateSigningRequest>({ method: 'GET', path, accept: accepts.typed })
      .catch((cause: unknown) => {
        if (!hasReason(cause, 'NotFound')) throw cause;
        throw new Error(`could not find v1 version of ${name}: ${cause.message}`, { cause });
      });
    const conditions = request.status?.conditions ?? [];
    if (conditions.some(({ type }) => type === verdict.opposite))
      throw new Error(
        `certificate signing request ${JSON.stringify(name)} is already ${verdict.opposite}`,
      );
    const isSaid = conditions.some(({ type }) => type === verdict.condition);
    if (isSaid && !isForced) return;
    const said = {
      ...{ type: verdict.condition, status: 'True', reason: verdict.reason },
      message: `This CSR was ${verdict.operation} by kubectl certificate ${verdict.name}.`,
      lastUpdateTime: formatTime(session.world.clock.now()),
    };
    const status = { ...request.status, conditions: isSaid ? conditions : [...conditions, said] };
    const sent = await typedBody(typed({ ...request, status }));
    try {
      await session.rest().json({
        ...{ method: 'PUT', path: `${path}/approval`, ...sent },
        place: 'certificatesigningrequest.go:82',
      });
      return;
    } catch (error) {
      if (!hasReason(error, 'Conflict') || tries >= retriesMax) throw error;
    }
  }
}
