import { availableParallelism } from 'node:os'
import t from 'tap'
import { countWorkers } from '../../workers/count-workers.ts'

t.equal(countWorkers({ GATEWAY_WORKERS: '3' }), 3)
t.equal(countWorkers({ GATEWAY_WORKERS: 'auto' }), availableParallelism())
