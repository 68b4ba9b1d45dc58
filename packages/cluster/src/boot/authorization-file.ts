import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fieldErrorText, parseYaml } from '@coxswain/api';
import {
  type AuthorizationConfiguration,
  authorizationConfiguration,
  authorizationErrors,
  type ChosenMode,
  conditionsOf,
  type RuleContext,
} from '@coxswain/apiserver/authz';
import type { StandardSettings } from '@coxswain/apiserver/bootstrap';
import type { World } from '@coxswain/base';
import { Failure } from '../command/verb.ts';
import { followFile } from './follow-file.ts';
import { durationMs } from './go-duration.ts';
import { kubeconfigTarget } from './kubeconfig-target.ts';

const context: RuleContext = {
  durationMs,
  fileError(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return `error loading file: stat ${path}: no such file or directory`;
    return found.isFile() ? undefined : 'must be a regular file';
  },
};

/** Who decides about requests, by a file that is followed until `signal`. */
export async function authorizationFile(
  path: string,
  world: World,
  signal: AbortSignal,
): Promise<NonNullable<StandardSettings['authorization']>> {
  const first = await read(path, world, []).catch((cause: Error) => {
    throw new Failure(cause.message, { cause });
  });
  const kept = first.map(({ mode }) => mode).filter((mode) => mode !== 'Webhook');
  const log = world.log.named('authorization');
  return {
    chosen: first,
    follow: (change) => {
      const reload = async (): Promise<void> => {
        change(await read(path, world, kept));
        log.info('authorization configuration is read anew');
      };
      const watcher = followFile(path, world.clock, () => {
        reload().catch((error: unknown) =>
          log.error('authorization configuration cannot be used; the one before stays', error),
        );
      });
      signal.addEventListener('abort', () => watcher[Symbol.dispose](), { once: true });
    },
  };
}

/** `kept`: the modes that were there at the start and stay. */
async function read(
  path: string,
  world: World,
  kept: readonly string[],
): Promise<readonly ChosenMode[]> {
  const { value } = parseYaml(await readFile(path, 'utf8'));
  let configuration: AuthorizationConfiguration;
  try {
    configuration = authorizationConfiguration(value);
  } catch (cause) {
    throw new Error(
      `failed to load AuthorizationConfiguration from file: ${(cause as Error).message}`,
      { cause },
    );
  }
  const errors = [...authorizationErrors(configuration, context)].map(fieldErrorText);
  const { authorizers = [] } = configuration;
  if (errors.length === 0)
    for (const { type = '', name = '' } of authorizers)
      if (type !== 'Webhook' && name !== type.toLowerCase())
        errors.push(
          `expected name ${type.toLowerCase()} for authorizer ${type} instead of ${name}`,
        );
  const gone = kept.filter((mode) => !authorizers.some(({ type }) => type === mode));
  if (gone.length > 0) errors.push(`missing required types: [${gone.toSorted().join(' ')}]`);
  if (errors.length > 0)
    throw new Error(errors.length === 1 ? errors[0] : `[${[...new Set(errors)].join(', ')}]`);
  const chosen: ChosenMode[] = [];
  for (const each of authorizers) chosen.push(await chosenOf(each, world));
  return chosen;
}

async function chosenOf(
  { type: mode = '', webhook }: NonNullable<AuthorizationConfiguration['authorizers']>[number],
  world: World,
): Promise<ChosenMode> {
  if (!webhook) return { mode };
  const { timeout = '', authorizedTTL = '5m', unauthorizedTTL = '30s' } = webhook;
  const { connectionInfo, cacheAuthorizedRequests, cacheUnauthorizedRequests } = webhook;
  const file = connectionInfo?.kubeConfigFile;
  if (file === undefined)
    throw new Error('connection type InClusterConfig needs a server that runs in a pod');
  return {
    mode,
    webhook: {
      target: await kubeconfigTarget(file, world),
      version: webhook.subjectAccessReviewVersion === 'v1beta1' ? 'v1beta1' : 'v1',
      timeoutMs: durationMs(timeout),
      authorizedTtlMs: cacheAuthorizedRequests === false ? 0 : durationMs(authorizedTTL),
      unauthorizedTtlMs: cacheUnauthorizedRequests === false ? 0 : durationMs(unauthorizedTTL),
      failsClosed: webhook.failurePolicy === 'Deny',
      conditions: conditionsOf(webhook),
    },
  };
}
