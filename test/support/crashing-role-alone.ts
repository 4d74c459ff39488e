import { serve } from "../../functions/runtime/process/serve-alone.ts";
import { crashing } from "./crashing-service.ts";

serve(crashing);
