import { dns1035LabelErrors } from '@coxswain/api';
import type { CustomResourceDefinitionSpec } from '@coxswain/api/types/apiextensions-v1';
import { webhookService, webhookUrl } from '../admissionregistration/webhook-rules.ts';
import { forbiddenField, invalidValue, oneOf, required, type Rules } from '../rules/field.ts';
import { type Choices, reviewVersions } from './choices.ts';

const path = 'spec.conversion';

/** How objects are converted from version to version. */
export function* conversionRules(
  { conversion, preserveUnknownFields }: CustomResourceDefinitionSpec,
  choices: Choices,
): Rules {
  if (!conversion) return;
  const { strategy, webhook } = conversion;
  if (strategy !== 'None' && preserveUnknownFields)
    yield invalidValue(
      `${path}.strategy`,
      strategy,
      'must be None if spec.preserveUnknownFields is true',
    );
  yield* oneOf(`${path}.strategy`, strategy, ['None', 'Webhook']);
  const client = webhook?.clientConfig;
  const versions = webhook?.conversionReviewVersions ?? [];
  const [clientPath, versionsPath] = [
    `${path}.webhookClientConfig`,
    `${path}.conversionReviewVersions`,
  ];
  if (strategy !== 'Webhook') {
    const not = 'should not be set when strategy is not set to Webhook';
    if (client) yield forbiddenField(clientPath, not);
    if (versions.length > 0) yield forbiddenField(versionsPath, not);
    return;
  }
  if (!client) yield required(clientPath, 'required when strategy is set to Webhook');
  else {
    const { url, service, caBundle } = client;
    if ((url === undefined) === (service === undefined))
      yield required(clientPath, 'exactly one of url or service is required');
    else if (url !== undefined) yield* webhookUrl(`${clientPath}.url`, url);
    // Upstream hands name and namespace over the wrong way round.
    else {
      const { name: namespace, namespace: name } = service!;
      yield* webhookService(`${clientPath}.service`, { ...service!, name, namespace });
    }
    const why = caBundle && !choices.anyCaBundle ? caBundleError(caBundle) : undefined;
    if (why) yield invalidValue(`${clientPath}.caBundle`, caBundle, why);
  }
  yield* reviewRules(versions, versionsPath, choices);
}

function* reviewRules(versions: readonly string[], field: string, { knownReview }: Choices): Rules {
  if (versions.length === 0) {
    yield required(field);
    return;
  }
  const seen = new Set<string>();
  for (const [i, version] of versions.entries()) {
    if (seen.has(version)) yield invalidValue(`${field}[${i}]`, version, 'duplicate version');
    else
      for (const why of dns1035LabelErrors(version))
        yield invalidValue(`${field}[${i}]`, version, why);
    seen.add(version);
  }
  if (knownReview && !versions.some((each) => reviewVersions.includes(each)))
    yield invalidValue(
      field,
      versions,
      `must include at least one of ${reviewVersions.join(', ')}`,
    );
}

/** Why authorities cannot be read; undefined when they can. */
export function caBundleError(bundle: string): string | undefined {
  const text = new TextDecoder('latin1').decode(Uint8Array.fromBase64(bundle));
  const blocks = [
    ...text.matchAll(/-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g),
  ];
  // A certificate is a sequence in DER.
  const isReadable = blocks.length > 0 && blocks.every(([, body]) => body!.trim().startsWith('MI'));
  return isReadable
    ? undefined
    : 'unable to load root certificates: unable to parse bytes as PEM block';
}
