import {
  simulatorRoute,
  startSimulatorRoute,
  stopSimulatorRoute,
} from '../../../contract/rest/simulator.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Simulator } from './simulator.service.ts';

/** `/api/admin/simulator`. */
export function mountSimulator(http: HttpServer, simulator: Simulator): void {
  http.mount(simulatorRoute, () => simulator.view());
  http.mount(startSimulatorRoute, ({ body }) => simulator.begin(body));
  http.mount(stopSimulatorRoute, () => simulator.end());
}
