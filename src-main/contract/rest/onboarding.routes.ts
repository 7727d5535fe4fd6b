/** Adding miners: where they connect, and who came or was turned away. */
import { arrivalsSchema, onboardingSchema } from '../domain/onboarding.ts';
import { defineRoute } from './define-route.ts';

export const onboardingRoute = defineRoute({
  method: 'get',
  path: '/api/onboarding',
  tag: 'Fleet',
  summary: 'Where a miner finds the broker: addresses of this machine, ports, and what is announced by mDNS',
  access: 'signed_in',
  openToAll: true,
  response: onboardingSchema,
});

export const arrivalsRoute = defineRoute({
  method: 'get',
  path: '/api/admin/arrivals',
  tag: 'Fleet',
  summary:
    'Who came within the last hour, who is connected without a register, and what the broker turned away',
  access: 'admin',
  response: arrivalsSchema,
});
