/** The form in which the docker command line lists an image: without Docker Hub and its folder `library`. */
export const familiarName = (image: string): string => image.replace(/^docker\.io\/(library\/)?/, "");
