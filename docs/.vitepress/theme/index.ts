import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import { defineAsyncComponent } from 'vue'
import Catalogue from './Catalogue.vue'
import Layout from './Layout.vue'
import PackageCard from './PackageCard.vue'
import TaskTable from './TaskTable.vue'
import './style.css'
import './home/home.css'
import './catalogue.css'
import './demo/demo.css'
import './figures/figures.css'

export default {
  extends: DefaultTheme,
  Layout,
  enhanceApp({ app }) {
    app.component('Catalogue', Catalogue)
    app.component('PackageCard', PackageCard)
    app.component('TaskTable', TaskTable)
    app.component(
      'LiveDemo',
      defineAsyncComponent(() => import('./demo/LiveDemo.vue')),
    )
  },
} satisfies Theme
