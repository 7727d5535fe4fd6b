/** The dashboard's start: nothing here waits for the network before something is seen. */
import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { queryOptions } from './api/query.ts';
import App from './app.vue';
import { i18n } from './i18n/index.ts';
import { fetchPage, router } from './router.ts';

// The page comes while the frame around it is drawn.
fetchPage(router.options.history.location);
createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, queryOptions).use(router).mount('#app');
