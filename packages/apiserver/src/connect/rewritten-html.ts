import { type HttpAnswer, headerOf } from '@coxswain/base';

/** Which attributes of which tags hold links, by HTML. */
const links: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

/** Longest tag that is looked into; a longer one goes through as it is. */
const tagCharsMax = 64 * 1024;
const tag = /<([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;
const attribute = /([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'<>]+)/g;

/** The page with its links turned by `rewrite`; undefined for what is no page that could be read. */
export function rewrittenHtml(
  { headers, body }: HttpAnswer,
  rewrite: (link: string) => string,
): AsyncIterable<Uint8Array> | undefined {
  const type = (headerOf(headers, 'content-type') ?? '').split(';')[0]!.trim();
  const encoding = headerOf(headers, 'content-encoding') ?? '';
  if (type !== 'text/html' || encoding !== '') return undefined;
  return rewritten(body, rewrite);
}

async function* rewritten(
  body: AsyncIterable<Uint8Array>,
  rewrite: (link: string) => string,
): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let held = '';
  for await (const piece of body) {
    held += decoder.decode(piece, { stream: true });
    // A tag may be cut: what is behind the last `<` waits for the rest of it.
    const cut = held.lastIndexOf('<');
    const isOpen = cut >= 0 && !held.slice(cut).includes('>') && held.length - cut < tagCharsMax;
    const whole = isOpen ? held.slice(0, cut) : held;
    held = isOpen ? held.slice(cut) : '';
    if (whole !== '') yield encoder.encode(rewriteTags(whole, rewrite));
  }
  held += decoder.decode();
  if (held !== '') yield encoder.encode(rewriteTags(held, rewrite));
}

const rewriteTags = (text: string, rewrite: (link: string) => string): string =>
  text.replaceAll(tag, (whole, name: string, attributes: string) => {
    const names = links[name.toLowerCase()];
    if (!names || attributes === '') return whole;
    const turned = attributes.replaceAll(
      attribute,
      (pair, key: string, equals: string, value: string) =>
        names.includes(key.toLowerCase()) ? key + equals + rewriteValue(value, rewrite) : pair,
    );
    return `<${name}${turned}>`;
  });

function rewriteValue(value: string, rewrite: (link: string) => string): string {
  const quote = value[0] === '"' || value[0] === "'" ? value[0] : '"';
  const bare = value[0] === quote ? value.slice(1, -1) : value;
  return `${quote}${rewrite(bare)}${quote}`;
}
