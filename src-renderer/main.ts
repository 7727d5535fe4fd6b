/** The dashboard's start: nothing here waits for the network before something is seen. */
import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { queryOptions } from './api/query.ts';
import App from './app.vue';
import { i18n } from './i18n/index.ts';
import { fetchPage, router } from './router.ts';
import { useLive } from './state/live.ts';

const pinia = createPinia();
// The fleet and the page come while the frame around them is drawn.
useLive(pinia).start();
fetchPage(router.options.history.location);
createApp(App).use(pinia).use(i18n).use(VueQueryPlugin, queryOptions).use(router).mount('#app');
