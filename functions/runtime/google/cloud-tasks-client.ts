// A file of its own, loaded at first use: what is named in a static export can be bundled without the other versions of
// the API and without the 3.7 MB of message classes that the client itself never touches.
export { CloudTasksClient } from "@google-cloud/tasks";
