import { ServiceAccounts } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import { type Command, command, type Words } from '../../command/command.ts';
import { duration, text, texts } from '../../command/flags.ts';
import type { Unstructured } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';
import { printerOf, printFlags } from '../../printers/formats.ts';
import { typedBody } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import { nameOf } from './generator.ts';

const boundKinds = ['Node', 'Pod', 'Secret'];

const flags = {
  ...printFlags,
  audience: texts('Who the token is for; the API server when not given'),
  'bound-object-kind': text('', `Kind of the object to bind to: ${boundKinds.join(', ')}`),
  'bound-object-name': text('', 'Name of that object: the token ends with it'),
  'bound-object-uid': text('', 'UID of that object; the present one when not given'),
  duration: duration('0s', 'How long the token lasts; 0 lets the server say'),
};

type Options = ReturnType<typeof complete>;

function complete(words: Words<typeof flags>) {
  const { flags: given } = words;
  const name = nameOf(words);
  const [kind, object, uid] = [
    given['bound-object-kind'],
    given['bound-object-name'],
    given['bound-object-uid'],
  ];
  if (!name) throw new Error('service account name is required');
  if (given.duration < 0) throw new Error('--duration must be greater than or equal to 0');
  if (given.duration % 1000 !== 0)
    throw new Error('--duration cannot be expressed in units less than seconds');
  if (given.audience.includes('')) throw new Error('--audience must not be an empty string');
  if (!kind && object)
    throw new Error('--bound-object-name can only be set if --bound-object-kind is provided');
  if (!kind && uid)
    throw new Error('--bound-object-uid can only be set if --bound-object-kind is provided');
  if (kind && !boundKinds.includes(kind))
    throw new Error(`supported --bound-object-kind values are ${boundKinds.join(', ')}`);
  if (kind && !object)
    throw new Error('--bound-object-name is required if --bound-object-kind is provided');
  const boundObjectRef = kind && { kind, apiVersion: 'v1', name: object, ...(uid && { uid }) };
  return { ...given, name, boundObjectRef };
}

/** `kubectl create token`. */
export const token: Command = command({
  name: 'token',
  usage: 'token SERVICE_ACCOUNT_NAME',
  summary: 'Ask for a token of a service account',
  examples: `  create token bot
  create token bot --duration=10m --audience=https://vault.example.com
  create token bot --bound-object-kind=Pod --bound-object-name=web-0`,
  flags,
  complete,
  run,
});

interface TokenRequest extends Unstructured {
  readonly status?: { readonly token?: string };
}

async function run(options: Options, session: Session): Promise<void> {
  const { name, audience, boundObjectRef } = options;
  const failed = (words: string, cause?: unknown): Error =>
    new Error(`failed to create token: ${words}`, { cause });
  const asked = typed({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: {
      audiences: audience,
      ...(options.duration > 0 && { expirationSeconds: options.duration / 1000 }),
      ...(boundObjectRef && { boundObjectRef }),
    },
  });
  const path = pathOf(ServiceAccounts, {
    namespace: session.namespace().name,
    name,
    subresource: 'token',
  });
  const answer = await session
    .rest()
    .json<TokenRequest>({
      ...{ method: 'POST', path, ...(await typedBody(asked)), place: 'serviceaccount.go:87' },
    })
    .catch((cause: unknown) => {
      throw failed((cause as Error).message, cause);
    });
  const made = answer.status?.token;
  if (!made) throw failed('no token in server response');
  if (options.output || options.template)
    return session.io.out(printerOf(options, '', {}, 'struct')(typed(answer)));
  session.io.out(session.io.isOutTerminal ? `${made}\n` : made);
}
