import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  pathSegmentErrors,
  pathSegmentPrefixErrors,
} from '@coxswain/api/names';

export {
  configKeyErrors as configMapKey,
  dns1123LabelErrors as dns1123Label,
  dns1123SubdomainErrors as dns1123Subdomain,
  dns1123UnderscoreErrors as dns1123SubdomainWithUnderscore,
  httpHeaderNameErrors as httpHeaderName,
  labelValueErrors as labelValue,
  portNameErrors as portName,
  portNumberErrors as portNumber,
  qualifiedNameErrors as qualifiedName,
  relaxedEnvironmentNameErrors as envName,
} from '@coxswain/api/names';

/** Name rules: each returns what is wrong with the text, in upstream's words; nothing when it is good. */
export type NameRule = (text: string, prefix?: boolean) => readonly string[];

/** Length in UTF-8 bytes, without encoding. */
export function bytesOf(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the pair's four bytes.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** A generateName may end in a dash, which the random letters will follow. */
const unprefixed =
  (rule: (text: string) => readonly string[]): NameRule =>
  (text, prefix = false) =>
    rule(prefix && text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

/** The usual rule of metadata.name. */
export const subdomainName: NameRule = unprefixed(dns1123SubdomainErrors);
export const labelName: NameRule = unprefixed(dns1123LabelErrors);

/** The loosest rule: anything that can be one segment of a URL path. RBAC kinds keep to it alone. */
export const pathSegmentName: NameRule = (text, prefix = false) =>
  prefix ? pathSegmentPrefixErrors(text) : pathSegmentErrors(text);
