export { Announcement, type AnnouncementOptions } from './announcement.ts';
export { toRefusal } from './arrivals.ts';
export { mountOnboarding } from './onboarding.routes.ts';
