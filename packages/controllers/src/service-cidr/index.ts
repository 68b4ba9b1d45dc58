export { leakedAddressRepair, serviceAddressRepair } from './address-repair.ts';
export { serviceCIDRController } from './service-cidr.ts';
