import { serveTasks } from '../../dist/serve-tasks.js'

serveTasks({ tasks: () => import('./tasks.mjs') })
