/** Where a machine finds the images that all machines share; infra/node-image's labwright-node reads it. */
export const imagesFolder = "/opt/labwright/images";
