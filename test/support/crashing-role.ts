import { serve } from "../../functions/runtime/process/serve.ts";
import { crashing } from "./crashing-service.ts";

serve(crashing);
