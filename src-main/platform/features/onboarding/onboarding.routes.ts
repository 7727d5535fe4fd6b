import type { Config } from '../../../contract/config.ts';
import { arrivalsRoute, onboardingRoute } from '../../../contract/rest/onboarding.routes.ts';
import type { Broker } from '../../broker/broker.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { isLoopbackHost } from '../../kernel/own-addresses.ts';
import type { Announcement } from './announcement.ts';
import { arrivalsOf, type ArrivalSources } from './arrivals.ts';
import { minerHosts } from './hosts.ts';

export interface OnboardingOptions extends Omit<ArrivalSources, 'broker'> {
  readonly http: HttpServer;
  readonly broker: Broker;
  readonly announcement: Announcement;
  readonly listening: Pick<Config, 'apiHost' | 'mqttHost' | 'access'>;
}

/** `/api/onboarding`, `/api/admin/arrivals`. */
export function mountOnboarding(options: OnboardingOptions): void {
  const { http, broker, announcement, listening } = options;
  const { apiHost, mqttHost, access } = listening;

  http.mount(onboardingRoute, ({ request }) => ({
    hosts: minerHosts(mqttHost, request.hostname),
    api: { port: http.port, loopback_only: isLoopbackHost(apiHost) },
    mqtt: { port: broker.port, loopback_only: isLoopbackHost(mqttHost) },
    access,
    announcement: announcement.view(),
  }));

  http.mount(arrivalsRoute, () => arrivalsOf(options));
}
