import { blockSampler, bsvrb, temperatureLogistic } from '@opt/mbbo'
import { random } from '@opt/core'
import { loadTable } from '@opt/datasets-tables'

const { shape, features, labels } = await loadTable('breast-cancer').catch(() => loadTable('breastCancer'))
console.log(shape)
