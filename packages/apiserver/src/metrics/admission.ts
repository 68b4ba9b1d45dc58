import type { World } from '@coxswain/base';
import type { Admission, AdmissionPlugin } from '../admission/plugin.ts';
import { admissionSeconds } from './buckets.ts';

const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

type Told = Readonly<Record<Admission['operation'], (seconds: number) => void>>;

/** The same plugins, each of whose turns is counted in the metrics of `world`. */
export function measured(
  plugins: readonly AdmissionPlugin[],
  { metrics, clock }: World,
): readonly AdmissionPlugin[] {
  const seconds = metrics.histogram({
    name: 'apiserver_admission_controller_admission_duration_seconds',
    ...{ labels: ['name', 'type', 'operation', 'rejected'], stability: 'STABLE' },
    ...{ buckets: admissionSeconds, help: 'Time of one admission plugin.' },
  });
  const toldOf = (name: string, type: string, rejected: string): Told =>
    Object.fromEntries(
      operations.map((operation) => [operation, seconds.of(name, type, operation, rejected)]),
    ) as Told;
  /** Runs `job`, which may answer at once, and tells how long it took. */
  const timed = <T>(
    name: string,
    type: string,
    job: (admission: Admission, signal: AbortSignal) => T,
  ): typeof job => {
    const passed = toldOf(name, type, 'false');
    const rejected = toldOf(name, type, 'true');
    return (admission, signal) => {
      const sinceMs = clock.now();
      const tell = (told: Told): void => told[admission.operation]((clock.now() - sinceMs) / 1000);
      try {
        const answer = job(admission, signal);
        if (answer instanceof Promise)
          void answer.then(
            () => tell(passed),
            () => tell(rejected),
          );
        else tell(passed);
        return answer;
      } catch (error) {
        tell(rejected);
        throw error;
      }
    };
  };
  return plugins.map((plugin) => ({
    ...plugin,
    ...(plugin.mutate && { mutate: timed(plugin.name, 'admit', plugin.mutate) }),
    ...(plugin.validate && { validate: timed(plugin.name, 'validate', plugin.validate) }),
  }));
}
