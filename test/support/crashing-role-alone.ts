import { serve } from "../../functions/runtime/serve-alone.ts";
import { crashing } from "./crashing-service.ts";

serve(crashing);
