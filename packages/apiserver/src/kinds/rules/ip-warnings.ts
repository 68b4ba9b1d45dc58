import { addressBits, addressText, parseAddress, parseRange } from './ip.ts';

/** What is odd about the spelling of an address that is taken for old times' sake. */
export function* addressWarnings(path: string, text: string): Generator<string> {
  const address = parseAddress(text);
  if (!address) return;
  const canonical = addressText(address.family, address.value);
  if (address.sloppy)
    yield `${path}: non-standard IP address ${JSON.stringify(text)} is invalid: use ${JSON.stringify(canonical)}`;
  else if (address.family === 'IPv6' && canonical !== text)
    yield `${path}: IPv6 address ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`;
}

/** The same of a range. */
export function* rangeWarnings(path: string, text: string): Generator<string> {
  const range = parseRange(text);
  const address = parseAddress(text.slice(0, text.indexOf('/')));
  if (!range || !address) return;
  const { family, base, bits } = range;
  const canonical = JSON.stringify(`${addressText(family, base)}/${bits}`);
  const shown = JSON.stringify(text);
  const isAmbiguous = base !== address.value;
  if (isAmbiguous) {
    const single = JSON.stringify(`${addressText(family, address.value)}/${addressBits(family)}`);
    yield `${path}: CIDR value ${shown} is ambiguous in this context (should be ${canonical} or ${single}?)`;
  }
  if (address.sloppy || /\/0\d/.test(text))
    yield `${path}: non-standard CIDR value ${shown} is invalid: use ${canonical}`;
  else if (!isAmbiguous && family === 'IPv6' && canonical !== shown)
    yield `${path}: IPv6 CIDR value ${shown} should be in RFC 5952 canonical format (${canonical})`;
}
