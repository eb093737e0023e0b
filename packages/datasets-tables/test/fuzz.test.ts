import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

fuzz(api, { loadTable: () => ['iris'] })
