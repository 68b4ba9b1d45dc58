import type { TracingSettings } from './export.ts';

const group = 'apiserver.config.k8s.io';
const versions = ['v1', 'v1beta1', 'v1alpha1'];
const usualEndpoint = 'localhost:4317';
const schemes = ['dns', 'unix', 'unix-abstract'];

/** Reads a TracingConfiguration; throws in upstream's words. */
export function tracingSettings(file: unknown): TracingSettings {
  const {
    apiVersion = '',
    kind = '',
    endpoint,
    samplingRatePerMillion: perMillion,
  } = (file ?? {}) as {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly endpoint?: string;
    readonly samplingRatePerMillion?: number;
  };
  if (
    kind !== 'TracingConfiguration' ||
    !versions.some((each) => apiVersion === `${group}/${each}`)
  )
    throw new Error(
      `unable to decode tracing configuration data: no kind "${kind}" is registered for version "${apiVersion}"`,
    );
  const wrong = [...rateErrors(perMillion), ...endpointErrors(endpoint)];
  if (wrong.length > 0)
    throw new Error(
      `failed to validate tracing configuration: ${wrong.length > 1 ? `[${wrong.join(', ')}]` : wrong[0]}`,
    );
  return { endpoint: endpoint ?? usualEndpoint, perMillion: perMillion ?? 0 };
}

function rateErrors(rate = 0): readonly string[] {
  const wrong = (why: string): string[] => [
    `samplingRatePerMillion: Invalid value: ${rate}: ${why}`,
  ];
  if (rate < 0) return wrong('sampling rate must be positive');
  if (rate > 1_000_000)
    return wrong('sampling rate per million must be less than or equal to one million');
  return [];
}

function endpointErrors(endpoint: string | undefined): readonly string[] {
  const scheme = endpoint?.includes('//') ? endpoint.split(':')[0]! : 'dns';
  if (schemes.includes(scheme)) return [];
  return [
    `endpoint: Invalid value: "${endpoint}": unsupported scheme: ${scheme}.  Options are none, dns, unix, or unix-abstract.  See https://github.com/grpc/grpc/blob/master/doc/naming.md`,
  ];
}
