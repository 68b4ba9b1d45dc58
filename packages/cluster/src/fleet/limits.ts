/** Simulated nodes that one cluster may have: as many as there are ranges for their pods. */
export const nodesMax = 16_384;
