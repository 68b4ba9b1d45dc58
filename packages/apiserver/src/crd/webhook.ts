import { ApiError, type KubeObject } from '@coxswain/api';
import { uuid, type World } from '@coxswain/base';
import { isSame } from '../rest/equal.ts';
import type { WebhookClient } from '../webhook-client/index.ts';
import type { AskWebhook } from './converter.ts';
import type { Definition } from './definition.ts';
import { isRecord } from './schema/schema.ts';

/** Upstream's limit of one conversion. */
const timeoutMs = 30_000;

interface Review {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly response?: {
    readonly uid?: string;
    readonly convertedObjects?: readonly unknown[];
    readonly result?: { readonly status?: string; readonly message?: string };
  };
}

/** Has the webhook of a definition convert objects, in one ConversionReview. */
export const conversionWebhook =
  (world: World, client: WebhookClient): AskWebhook =>
  async (definition, objects, apiVersion, signal) => {
    const { webhook } = definition.spec.conversion ?? {};
    const version = webhook?.conversionReviewVersions.find(
      (each) => each === 'v1' || each === 'v1beta1',
    );
    if (!webhook?.clientConfig || !version)
      throw failed(
        definition,
        apiVersion,
        objects,
        'does not support any known conversion review version',
      );
    const uid = uuid(world.random);
    const reviewVersion = `apiextensions.k8s.io/${version}`;
    const review = {
      kind: 'ConversionReview',
      apiVersion: reviewVersion,
      request: { uid, desiredAPIVersion: apiVersion, objects },
    };
    let answer: Review;
    try {
      const posted = client.post(webhook.clientConfig, review, {
        timeoutMs,
        signal,
        tellsTimeout: true,
      });
      answer = (await world.work.track(posted)) as Review;
    } catch (error) {
      throw failed(definition, apiVersion, objects, `failed: ${(error as Error).message}`);
    }
    try {
      return objects.map((each, i) =>
        checked(each, read(answer, uid, reviewVersion, objects.length)[i], apiVersion),
      );
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw failed(definition, apiVersion, objects, (error as Error).message);
    }
  };

const failed = (
  { spec }: Definition,
  apiVersion: string,
  objects: readonly KubeObject[],
  why: string,
): ApiError =>
  new ApiError(
    500,
    '',
    `conversion webhook for ${objects[0]?.apiVersion ?? `${spec.group}/?`}, Kind=${spec.names.kind} ${why}${why ? '' : apiVersion}`,
  );

function read(answer: Review, uid: string, apiVersion: string, count: number): readonly unknown[] {
  const wrong = (what: string): Error => new Error(`failed: ${what}`);
  if (answer.kind !== 'ConversionReview' || answer.apiVersion !== apiVersion)
    throw wrong(
      `expected webhook response of ${apiVersion}, Kind=ConversionReview, got ${answer.apiVersion ?? ''}, Kind=${answer.kind ?? ''}`,
    );
  const { response } = answer;
  if (!response) throw wrong('no response provided');
  if (apiVersion.endsWith('/v1') && response.uid !== uid)
    throw wrong(`expected response.uid="${uid}", got "${response.uid ?? ''}"`);
  const { status = '', message = '' } = response.result ?? {};
  if (status !== 'Success')
    throw wrong(
      message ||
        (status
          ? `response.result.status was '${status}', not 'Success'`
          : "response.result.status was '', not 'Success'"),
    );
  const converted = response.convertedObjects ?? [];
  if (converted.length !== count)
    throw new Error(`returned ${converted.length} objects, expected ${count}`);
  return converted;
}

const ownMeta = ['name', 'namespace', 'uid'] as const;

/** The converted object: of the version asked for, and the same one but for labels and annotations. */
function checked(before: KubeObject, after: unknown, apiVersion: string): KubeObject {
  if (!isRecord(after) || !isRecord(after.metadata))
    throw new Error('returned invalid converted object: it is no object with metadata');
  const converted = after as unknown as KubeObject;
  const wrong = (what: string): Error => new Error(`returned invalid converted object: ${what}`);
  if (converted.apiVersion !== apiVersion)
    throw wrong(`invalid groupVersion ${converted.apiVersion ?? ''}, expected ${apiVersion}`);
  if (converted.kind !== before.kind)
    throw wrong(`invalid kind ${converted.kind ?? ''}, expected ${before.kind}`);
  for (const name of ownMeta)
    if ((converted.metadata[name] ?? '') !== (before.metadata[name] ?? ''))
      throw wrong(
        `must have the same ${name}: ${converted.metadata[name] ?? ''} != ${before.metadata[name] ?? ''}`,
      );
  const { labels, annotations } = converted.metadata;
  const { labels: _l, annotations: _a, ...kept } = before.metadata;
  const same =
    isSame(labels, before.metadata.labels) && isSame(annotations, before.metadata.annotations);
  const metadata = same
    ? before.metadata
    : { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) };
  return { ...converted, metadata };
}

/** For servers that call nobody. */
export const unreachable: AskWebhook = async (definition, objects, apiVersion) => {
  throw failed(definition, apiVersion, objects, 'failed: this server calls no webhooks');
};
