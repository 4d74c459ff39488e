import { serve } from "../../functions/runtime/serve.ts";
import { crashing } from "./crashing-service.ts";

serve(crashing);
