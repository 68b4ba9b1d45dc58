export { type Aggregator, openAggregator } from './aggregator.ts';
