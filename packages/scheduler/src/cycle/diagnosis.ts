/** Why no node took a pod: what each said, and which plugins would have to change their mind. */
export interface Diagnosis {
  readonly nodes: number;
  /** Reason -> number of nodes that gave it. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly plugins: ReadonlySet<string>;
  /** Set when a plugin refused the pod before any node was looked at. */
  readonly refused?: string;
}

/** The sentence of the FailedScheduling event and the PodScheduled condition, in upstream's words. */
export function diagnosisText({ nodes, reasons, refused }: Diagnosis): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const head = `0/${nodes} nodes are available`;
  if (refused !== undefined) return `${head}: ${refused}.`;
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).toSorted();
  return parts.length === 0 ? head : `${head}: ${parts.join(', ')}.`;
}
