import type { PodSpec, WindowsSecurityContextOptions } from '@coxswain/api/types/core-v1';
import { allInvalid, invalidValue, type Rules } from './field.ts';
import { dns1123Subdomain } from './name.ts';

const credentialMaxKiB = 64;
const domainMax = 256;
const userMax = 104;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controlCharacter = /[\u0000-\u001F\u007F]/;
const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`);
const userNever = /["/\\:;|=,+*?<>@[\]]/;
const bytes = (text: string): number => Buffer.byteLength(text);

/** What is wrong with a user of Windows, which is `USER` or `DOMAIN\USER`. */
function* userFaults(name: string): Iterable<string> {
  const parts = name.split('\\');
  if (!name) yield 'runAsUserName cannot be an empty string';
  else if (controlCharacter.test(name)) yield 'runAsUserName cannot contain control characters';
  else if (parts.length > 2) yield 'runAsUserName cannot contain more than one backslash';
  else {
    const user = parts.at(-1)!;
    const domain = parts.length === 2 ? parts[0]! : undefined;
    if (bytes(domain ?? '') >= domainMax)
      yield `runAsUserName's Domain length must be under ${domainMax} characters`;
    if (domain !== undefined && !netBios.test(domain) && !dnsName.test(domain))
      yield "runAsUserName's Domain doesn't match the NetBios nor the DNS format";
    if (!user) yield "runAsUserName's User cannot be empty";
    else if (bytes(user) > userMax)
      yield `runAsUserName's User length must not be longer than ${userMax} characters`;
    if (/^[. ]+$/.test(user)) yield "runAsUserName's User cannot contain only periods or spaces";
    if (userNever.test(user))
      yield 'runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]';
  }
}

/** Rules of what only Windows understands in a security context. */
export function* windowsOptions(
  path: string,
  options: WindowsSecurityContextOptions | undefined,
): Rules {
  if (!options) return;
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName } = options;
  if (specName !== undefined)
    yield* allInvalid(`${path}.gmsaCredentialSpecName`, specName, dns1123Subdomain(specName));
  const at = `${path}.gmsaCredentialSpec`;
  if (spec === '') yield invalidValue(at, spec, 'gmsaCredentialSpec cannot be an empty string');
  else if (spec !== undefined && bytes(spec) > credentialMaxKiB * 1024)
    yield invalidValue(at, spec, `gmsaCredentialSpec size must be under ${credentialMaxKiB} KiB`);
  if (runAsUserName !== undefined)
    yield* allInvalid(`${path}.runAsUserName`, runAsUserName, [...userFaults(runAsUserName)]);
}

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Processes of the host come with its network, and in all containers of a pod or in none. */
export function* hostProcesses(path: string, spec: PodSpec): Rules {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  let [all, withHost] = [0, 0];
  for (const list of lists)
    for (const [index, { securityContext }] of (spec[list] ?? []).entries()) {
      const own = securityContext?.windowsOptions?.hostProcess;
      if (ofPod !== undefined && own !== undefined && ofPod !== own)
        yield invalidValue(
          `${path}.${list}[${index}].securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
        );
      all += 1;
      if (own ?? ofPod) withHost += 1;
    }
  if (!withHost) return;
  if (withHost !== all)
    yield invalidValue(
      path,
      '',
      'If pod contains any hostProcess containers then all containers must be HostProcess containers',
    );
  if (!spec.hostNetwork)
    yield invalidValue(
      `${path}.hostNetwork`,
      false,
      'hostNetwork must be true if pod contains any hostProcess containers',
    );
}
