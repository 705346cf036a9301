import { answerRender } from './answer-render.ts'
import { renderSeparately } from './render-separately.ts'

answerRender(renderSeparately)
