import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { systemClock } from '@coxswain/base';
import { UsageError } from '../command/flags.ts';
import { kubeconfigTarget } from './kubeconfig-target.ts';

interface PluginPart {
  readonly name?: string;
  readonly path?: string;
  readonly configuration?: unknown;
}

const versions = ['apiserver.config.k8s.io/v1', 'apiserver.k8s.io/v1alpha1'];
const flag = '--admission-control-config-file';

/**
 * By plugin: what an AdmissionConfiguration says of it, itself or in a file that it names. A UsageError tells of
 * files that cannot be read or are none.
 */
export async function readAdmissionConfiguration(
  file: string,
): Promise<ReadonlyMap<string, unknown>> {
  const {
    apiVersion,
    kind,
    plugins = [],
  } = ((await readYaml(file)) ?? {}) as {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly plugins?: readonly PluginPart[];
  };
  if (kind !== 'AdmissionConfiguration' || !versions.includes(apiVersion ?? ''))
    throw new UsageError(
      `${flag} ${file}: no kind "${kind}" is registered for version "${apiVersion}"`,
    );
  const parts = new Map<string, unknown>();
  for (const { name = '', path, configuration } of plugins) {
    if (parts.has(name)) continue; // as upstream: the first counts
    const part = path ? await readYaml(resolve(dirname(file), path)) : configuration;
    if (part !== undefined && part !== null)
      parts.set(name, name === 'ImagePolicyWebhook' ? await withTarget(file, part) : part);
  }
  return parts;
}

/** The plugin that asks a server outside names it by a kubeconfig, beside the file. */
async function withTarget(file: string, part: object): Promise<object> {
  const { imagePolicy } = part as { readonly imagePolicy?: { readonly kubeConfigFile?: string } };
  const path = resolve(dirname(file), imagePolicy?.kubeConfigFile ?? '');
  try {
    const target = await kubeconfigTarget(path, { clock: systemClock });
    return { ...part, imagePolicy: { ...imagePolicy, target } };
  } catch (cause) {
    throw new UsageError(
      `couldn't init admission plugin "ImagePolicyWebhook": ${(cause as Error).message}`,
      { cause },
    );
  }
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new UsageError(`cannot read ${flag} ${file}: ${(cause as Error).message}`, { cause });
  }
}
