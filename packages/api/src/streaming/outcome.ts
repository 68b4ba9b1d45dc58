import { ApiError, internalError } from '../status/index.ts';

const exitReason = 'NonZeroExitCode';
const exitCause = 'ExitCode';

/** How a command in a container ended. */
export type Outcome =
  | { readonly ended: 'exit'; readonly code: number }
  | { readonly ended: 'error'; readonly error: ApiError };

/** The outcome as the error stream carries it since v4: a Status in JSON. */
export function encodeOutcome(outcome: Outcome, why?: string): string {
  if (outcome.ended === 'error') {
    const { kind: _, apiVersion: __, ...status } = outcome.error.toStatus();
    return JSON.stringify(status);
  }
  const { code } = outcome;
  if (code === 0) return '{"metadata":{},"status":"Success"}';
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${why ?? `exit status ${code}`}`,
    reason: exitReason,
    details: { causes: [{ reason: exitCause, message: String(code) }] },
  });
}

/** The outcome as the error stream carried it up to v3: nothing when all is well, else a line of text. */
export function encodeOutcomeText(outcome: Outcome, why?: string): string {
  if (outcome.ended === 'error') return outcome.error.message;
  const { code } = outcome;
  return code === 0
    ? ''
    : `command terminated with non-zero exit code: ${why ?? `exit status ${code}`}`;
}

interface WireStatus {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly message?: string }[];
  };
}

/** Reads what the error stream carried, in the form of v4 or as text. */
export function decodeOutcome(text: string, isStatus: boolean): Outcome {
  if (text === '') return { ended: 'exit', code: 0 };
  if (!isStatus) return failed(`error executing remote command: ${text}`);
  let status: WireStatus;
  try {
    status = JSON.parse(text) as WireStatus;
  } catch (cause) {
    const why = (cause as Error).message;
    return failed(`error stream protocol error: ${why} in ${JSON.stringify(text)}`);
  }
  if (status.status === 'Success') return { ended: 'exit', code: 0 };
  if (status.status !== 'Failure') return failed('error stream protocol error: unknown error');
  if (status.reason !== exitReason) return failed(status.message ?? '');
  if (!status.details) return failed('error stream protocol error: details must be set');
  const cause = status.details.causes?.find(({ reason }) => reason === exitCause);
  if (!cause) return failed(`error stream protocol error: no ${exitCause} cause given`);
  if (!/^\d{1,3}$/.test(cause.message ?? '') || Number(cause.message) > 255)
    return failed(
      `error stream protocol error: invalid exit code value ${JSON.stringify(cause.message)}`,
    );
  return { ended: 'exit', code: Number(cause.message) };
}

const failed = (why: string): Outcome => ({
  ended: 'error',
  error: internalError(new Error(why)),
});
