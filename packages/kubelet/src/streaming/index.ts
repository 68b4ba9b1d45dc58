export { serveCommand } from './serve-command.ts';
export { type Forward, type PortsOfPod, servePorts } from './serve-ports.ts';
