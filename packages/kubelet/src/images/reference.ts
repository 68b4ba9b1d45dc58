/** Parts of an image reference, as registries' clients understand it. */
export interface ImageReference {
  readonly registry: string; // docker.io when none is named
  readonly path: string;
  /** What follows: `:tag`, `@sha256:...`, or nothing. */
  readonly suffix: string;
}

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const grammar = new RegExp(
  `^(?:(${domainPart}(?:\\.${domainPart})*(?::[0-9]+)?)/)?(${component}(?:/${component})*)(:[\\w][\\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

/** Undefined: this is no reference (upstream: InvalidImageName). */
export function parseImage(text: string): ImageReference | undefined {
  const match = grammar.exec(text);
  if (!match) return undefined;
  const [, domain, path = '', tag = '', digest = ''] = match;
  const isDomain =
    domain !== undefined && (/[.:]/.test(domain) || domain === 'localhost' || /[A-Z]/.test(domain));
  const suffix = tag + digest;
  if (isDomain) return { registry: domain, path, suffix };
  const whole = domain === undefined ? path : `${domain}/${path}`;
  return { registry: 'docker.io', path: whole.includes('/') ? whole : `library/${whole}`, suffix };
}

/** The reference with `:latest` where it names neither tag nor digest. */
export function withDefaultTag(image: string): string | undefined {
  const parsed = parseImage(image);
  if (!parsed) return undefined;
  return parsed.suffix === '' ? `${image}:latest` : image;
}

/** Images of the project's registry that has moved are pulled from where it lives now. */
export const movedImage = (image: string): string =>
  image.startsWith('k8s.gcr.io/') ? `registry.k8s.io/${image.slice('k8s.gcr.io/'.length)}` : image;
