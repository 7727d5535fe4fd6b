/** rest.md, Service. */
import { z } from 'zod';
import { defineRoute } from './define-route.ts';

export const serviceInfoRoute = defineRoute({
  method: 'get',
  path: '/',
  tag: 'Service',
  summary: 'What runs here; a browser is sent to the dashboard',
  access: 'always',
  response: z
    .object({
      service: z.string(),
      version: z.string(),
      mqtt_port: z.number(),
      api_port: z.number(),
      connected_workers: z.number(),
      uptime: z.number().meta({ description: 'Seconds since the start' }),
    })
    .meta({ id: 'ServiceInfo' }),
});

export const statusRoute = defineRoute({
  method: 'get',
  path: '/api/status',
  tag: 'Service',
  summary: 'Connected MQTT clients and totals',
  access: 'public',
  response: z
    .object({
      mqtt_clients: z.array(z.string()),
      workers: z.number(),
      active_leases: z.number(),
      total_blocks: z.number(),
      self_mined_blocks: z.number(),
      total_settlements: z.number(),
    })
    .meta({ id: 'Status' }),
});

export const healthRoute = defineRoute({
  method: 'get',
  path: '/healthz',
  tag: 'Service',
  summary: 'Liveness: the process answers',
  access: 'always',
  response: z.object({ status: z.literal('ok') }),
});

export const readinessRoute = defineRoute({
  method: 'get',
  path: '/readyz',
  tag: 'Service',
  summary: 'Readiness: storage and broker are up (503 until then)',
  access: 'always',
  response: z.object({ status: z.literal('ready'), storage: z.literal('up'), broker: z.literal('up') }),
  errors: ['not_ready'],
});

export const metricsRoute = defineRoute({
  method: 'get',
  path: '/metrics',
  tag: 'Service',
  summary: 'Prometheus metrics',
  access: 'public',
  mediaType: 'text/plain; version=0.0.4',
  response: z.string(),
});

export const openApiRoute = defineRoute({
  method: 'get',
  path: '/api/openapi.json',
  tag: 'Service',
  summary: 'This document',
  access: 'public',
  response: z.looseObject({ openapi: z.string() }),
});
