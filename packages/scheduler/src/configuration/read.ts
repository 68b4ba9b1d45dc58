import { argShapes, configurationShape, version, type Written } from './kinds.ts';
import { ConfigurationError, decode } from './shape.ts';

const scheme = 'in scheme "pkg/runtime/scheme.go:111"';
const strict = 'strict decoding error: ';

/** The configuration in a parsed file, with the arguments of its plugins decoded too. Throws ConfigurationError in upstream's words. */
export function readWritten(parsed: unknown, text: string): Written {
  const { apiVersion = '', kind } = (parsed ?? {}) as { apiVersion?: string; kind?: string };
  if (!kind) throw new ConfigurationError(`Object 'Kind' is missing in '${text}'`);
  if (!apiVersion) throw new ConfigurationError(`Object 'apiVersion' is missing in '${text}'`);
  if (kind !== configurationShape.name || apiVersion !== version)
    throw new ConfigurationError(
      `no kind "${kind}" is registered for version "${apiVersion}" ${scheme}`,
    );
  const unknown: string[] = [];
  const written = decode(parsed, configurationShape, unknown) as Written;
  const profiles = written.profiles?.map((profile, at) => ({
    ...profile,
    ...(profile.pluginConfig && {
      pluginConfig: profile.pluginConfig.map(({ name, args }, index) => {
        const place = `decoding .profiles[${at}].pluginConfig[${index}]: `;
        return { name, args: decodeArgs(name, args, place, unknown) };
      }),
    }),
  }));
  if (unknown.length > 0) throw new ConfigurationError(`${strict}${unknown.join(', ')}`);
  return { ...written, ...(profiles && { profiles }) };
}

/** Arguments of plugins that nobody knows are left as they are: the plugin may be somebody else's. */
function decodeArgs(name: string, args: unknown, place: string, unknown: string[]): unknown {
  const shape = argShapes[name];
  if (!shape || args === undefined || args === null) return args ?? {};
  const inside = `decoding args for plugin ${name}: `;
  const { apiVersion, kind } = args as { apiVersion?: string; kind?: string };
  if (kind !== undefined && kind !== shape.name) {
    const isKnown = Object.values(argShapes).some((other) => other.name === kind);
    const group = version.split('/')[0]!;
    throw new ConfigurationError(
      isKnown
        ? `${place}args for plugin ${name} were not of type ${shape.name}.${group}, got ${kind}.${group}`
        : `${place}${inside}no kind "${kind}" is registered for version "${apiVersion ?? version}" ${scheme}`,
    );
  }
  const missing: string[] = [];
  try {
    return decode(args, shape, missing);
  } catch (cause) {
    throw new ConfigurationError(`${place}${inside}${(cause as Error).message}`, { cause });
  } finally {
    if (missing.length > 0)
      unknown.push(`${place}${strict}${inside}${strict}${missing.join(', ')}`);
  }
}
