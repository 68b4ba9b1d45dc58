import { ApiError, SelfSubjectReviews } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import { type Command, command, type Words } from '../../command/command.ts';
import type { Unstructured } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';
import { printerOf, printFlags } from '../../printers/formats.ts';
import { goText } from '../../printers/go-text.ts';
import { aligned, tableLayout } from '../../printers/tab-writer.ts';
import { typedBody } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';

/** `kubectl auth whoami`. */
export const whoAmI: Command = command({
  name: 'whoami',
  usage: 'whoami',
  summary: 'Say who the server takes you for',
  examples: `  auth whoami
  auth whoami -o jsonpath={.status.userInfo.groups}`,
  flags: printFlags,
  complete: ({ flags }: Words<typeof printFlags>) => flags,
  run,
});

interface Review extends Unstructured {
  readonly status?: { readonly userInfo?: UserInfo };
}

interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

async function run(options: Parameters<typeof printerOf>[0], session: Session): Promise<void> {
  const print = options.output || options.template ? printerOf(options, '', {}, 'struct') : table;
  session.io.out(print(typed(await review(session))));
}

/** Asks in the newest version that the server has. */
async function review(session: Session): Promise<Review> {
  for (const version of ['v1', 'v1beta1', 'v1alpha1'])
    try {
      return await session.rest().json<Review>({
        method: 'POST',
        path: pathOf({ ...SelfSubjectReviews, version }, {}),
        ...(await typedBody(
          typed({ kind: 'SelfSubjectReview', apiVersion: `authentication.k8s.io/${version}` }),
        )),
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'Forbidden')
        throw new Error(
          'the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it',
          { cause: error },
        );
      if (error.reason !== 'NotFound') throw error;
    }
  throw new Error('the selfsubjectreviews API is not enabled in the cluster');
}

function table(given: Unstructured): string {
  const { username, uid, groups = [], extra = {} } = (given as Review).status?.userInfo ?? {};
  const rows = [
    ['ATTRIBUTE', 'VALUE'],
    ...(username ? [['Username', username]] : []),
    ...(uid ? [['UID', uid]] : []),
    ...(groups.length > 0 ? [['Groups', goText(groups)]] : []),
    ...Object.entries(extra)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [`Extra: ${key}`, goText(value)]),
  ];
  return aligned(rows.map((row) => `${row.join('\t')}\n`).join(''), tableLayout);
}
