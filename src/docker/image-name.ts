/** How the docker command line lists an image: Docker Hub, and its folder `library`, are left out. */
export const familiarName = (image: string): string => image.replace(/^docker\.io\/(library\/)?/, "");
