import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { defineAsyncComponent } from 'vue'
import Layout from './Layout.vue'
import PackageCard from './PackageCard.vue'
import './style.css'
import './home/home.css'
import './catalogue.css'
import './map.css'
import './demo/demo.css'
import './figures/figures.css'

const ON_DEMAND = {
  Catalogue: () => import('./Catalogue.vue'),
  PaperMap: () => import('./PaperMap.vue'),
  TaskTable: () => import('./TaskTable.vue'),
  LiveDemo: () => import('./demo/LiveDemo.vue'),
}

export default {
  extends: DefaultTheme,
  Layout,
  enhanceApp({ app }) {
    app.component('PackageCard', PackageCard)
    // What grows with the packages, or is large, comes with the pages that show it.
    for (const [name, load] of Object.entries(ON_DEMAND)) app.component(name, defineAsyncComponent(load))
  },
} satisfies Theme
