import t from 'tap'
import { readVariants } from '../../images/read-variants.ts'
import { hashRecipe } from '../../images/recipe.ts'
import { VariantSpec, variants } from '../../images/variants.ts'

const plain = { keepLocation: false }
const recipeOf = (table: string) => hashRecipe(readVariants(table), plain)

t.test(
  'the recipe of the default table does not change, because a change makes every image outdated',
  async (t) => {
    t.equal(recipeOf('[{"name":"a","width":5,"height":6}]'), '0faacd3bb5009590')
  },
)

t.test('the formatting of the table makes no difference', async (t) => {
  const recipe = recipeOf('[{"name":"a","width":5,"height":6}]')
  t.match(recipe, /^[0-9a-f]{16}$/)
  t.equal(recipeOf('[ { "height": 6, "fit": "inside", "quality": 80, "width": 5, "name": "a" } ]'), recipe)
})

t.test('an optional field that changes nothing keeps the recipe', async (t) => {
  const recipe = recipeOf('[{"name":"a","width":5,"height":6}]')
  t.equal(
    recipeOf(
      '[{"name":"a","width":5,"height":6,"position":"center","linear":false,"color":"srgb","gainMap":false}]',
    ),
    recipe,
  )
})

t.test('each field, the order of the entries and keepLocation change the recipe', async (t) => {
  const [first, ...others] = variants
  if (!first) throw new Error('no variants')
  const changes: Required<VariantSpec> = {
    name: 'b',
    width: 7,
    height: 7,
    widths: [1, 7],
    fit: 'inside',
    format: 'png',
    quality: 7,
    effort: 6,
    background: '#777777',
    animated: true,
    position: 'attention',
    linear: true,
    color: 'p3',
    gainMap: true,
  }
  t.strictSame(
    Object.keys(changes).sort(),
    Object.keys(VariantSpec.properties).sort(),
    'every field is tested',
  )
  const recipes = Object.entries(changes).map(([field, value]) =>
    hashRecipe([{ ...first, [field]: value }, ...others], plain),
  )
  const all = [
    hashRecipe(variants, plain),
    hashRecipe(variants, { keepLocation: true }),
    hashRecipe(variants.toReversed(), plain),
    hashRecipe(others, plain),
    ...recipes,
  ]
  t.equal(new Set(all).size, all.length)
})
