export {
  type Cluster,
  type Context,
  type Kubeconfig,
  parseKubeconfig,
  type User,
} from './kubeconfig.ts';
