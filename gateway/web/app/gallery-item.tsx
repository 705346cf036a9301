import { Component } from 'preact'
import type { Image } from '../../../openapi/packages/client/src/types.ts'
import { ImageCard } from './image/image-card.tsx'

interface GalleryItemProps {
  image: Image
  onOpen: (imageId: string) => void
}

/** A card that is rendered again only when its image changes: the gallery may have thousands. */
export class GalleryItem extends Component<GalleryItemProps> {
  override shouldComponentUpdate(next: GalleryItemProps): boolean {
    return next.image !== this.props.image
  }

  override render() {
    return (
      <li>
        <ImageCard {...this.props} />
      </li>
    )
  }
}
